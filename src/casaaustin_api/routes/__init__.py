"""The endpoints, a module for each noun; `registry` collects them."""
