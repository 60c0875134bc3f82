"""Pages of the Gender Action Plan: `plan`, `target`, `report` (owners), `team` (those who run a round), `note`."""
