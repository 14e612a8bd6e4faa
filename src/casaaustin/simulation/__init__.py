"""What a changed configuration would have made of the bookings and saved quotes of a period.

    past        what happened, as plain values
    replay      the past under one configuration: pure, by the evaluator that sells
    report      what differs between two replays, added up
    queries     reads the past and the rules
    service     the use case; nothing is written

Source: docs/adr/0013-simulating-a-configuration.md.
"""
