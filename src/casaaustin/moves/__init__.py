"""Moves: the provably smallest rearrangement of stays that makes room for a request.

A house may be free for all nights of a request only after somebody else moves, perhaps several in a chain.
This package finds the plan that disturbs least, or says what is certain about there being none. It is pure:
no database, no clock, no solver, nothing outside the standard library and the kernel.

From the caller's side there are four steps:

1. **Facts to values.** Each house of the zone becomes a `House`, in house order. Each blocking reservation,
   and each block, that meets the days read becomes a `Stay`: `start` and `end` are day numbers
   (`date.toordinal()`), `end` is `occupied_until` plus the cleaning gap, `booked_rank` the class once booked,
   `pinned` what `pinning.pins` and `pinning.is_pinned` make of it, `weight` its `disturbance`. What is wanted
   becomes a `Request` with its `request_rank`; `allowed` are the houses whose minimum nights it meets.
2. **How much to read.** Any superset of the days that matter will do, so read generously: with no stay longer
   than L nights, a search for up to k moves never looks further than (k + 1) × L + 2 days from the request.
   With up to five houses, where any number of moves is tried, take everything from today on. A row is a
   plain tuple in the order of `Stay`'s fields (`Stay._make`).
3. **The question.** `solve` gives the best answer over all houses, `solve_each_house` the answer for each
   house that suits. For several requests in one calendar build one `Index` and ask `solve_in`. The business
   forbids downgrades with `most_downgrade=0`; a file (`documents`) allows them at their cost.
4. **The answer.** `Answer.kind` is its class. A `Plan` names the request's house, the moves and the score;
   `verify.faults_of` checks it independently, and whoever applies it does so again. A negative answer
   carries its proof and never claims more: a wall on one night, an exhaustive search, or a lower bound.

A waiver of minimum nights that rests on one stay (docs/rules/pricing.md, 2.9) holds only while that stay
remains: ask about that house alone with the stay pinned, and compare scores.

| Module | Holds |
| --- | --- |
| `instance` | houses, stays, request: what goes in |
| `pinning`, `disturbance` | who may not be moved and why; how much a move disturbs |
| `objective` | what makes one plan better than another |
| `index` | the calendar as bit sets |
| `certificate` | one night at a time: the wall, or a lower bound |
| `search` | few moves in any number of houses |
| `frontier` | any number of moves in few houses |
| `solve` | all of it together: what comes out |
| `conflict` | a smallest set of stays that cannot live together |
| `verify` | an independent check of a plan |
| `documents` | instances and answers as JSON |

Source: docs/rules/pricing.md, 3.6.
"""
