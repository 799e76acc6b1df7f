"""A knowledge graph of what cities promise in their digitalization policies."""
