"""Who looked, and what they found: engagements, baseline assessments, findings, recommendations, responses."""
