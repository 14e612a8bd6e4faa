"""The incumbent's names: requests and answers of its contract, translated to and from ours."""
