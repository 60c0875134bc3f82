"""Pages: the `chain` from baseline to target, `engagement` and its results, the `shared` link."""
