"""The HTTP interface: Starlette over the library, with the paths and names that front ends call."""
