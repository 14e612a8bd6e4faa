"""The one evaluator: rate book + what is taken + a request = a quote with its reasons."""
