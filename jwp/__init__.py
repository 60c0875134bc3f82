"""jwp: the platform a development partnership runs its joint work programme on."""
