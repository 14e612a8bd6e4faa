"""Who changed what, when, why and through which face; written by the services, never changed."""
