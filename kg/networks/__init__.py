"""Networks of the knowledge graph, for Gephi, sigma.js and spreadsheets.

A network is a query of `queries/networks/` and what it finds: nodes and edges, measured and laid
out. `find_network` finds the query, `build_network` builds the network, and `export_file` and
`export_folder` write it.
"""

from kg.networks.assemble import EmptyNetworkError, NetworkOptions, build_network
from kg.networks.model import Edge, Network, Node
from kg.networks.node_data import NodeData
from kg.networks.query import find_network, list_networks
from kg.networks.write import export_file, export_folder, write_network

__all__ = [
    "Edge",
    "EmptyNetworkError",
    "Network",
    "NetworkOptions",
    "Node",
    "NodeData",
    "build_network",
    "export_file",
    "export_folder",
    "find_network",
    "list_networks",
    "write_network",
]
