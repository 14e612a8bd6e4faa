"""The rate book, and the pure rules that turn it into the price of a stay."""
