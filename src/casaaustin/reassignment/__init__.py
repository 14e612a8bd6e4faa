"""Making room: plans that move the fewest stays, kept, agreed to, carried out and taken back."""
