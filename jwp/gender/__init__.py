"""The Gender Action Plan as its users live it. No tables of its own: pages over plans, reviews and evidence."""
