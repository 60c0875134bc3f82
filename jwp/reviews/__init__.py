"""Who looked and what they found: engagements, assessments, findings, recommendations, responses."""
