// Prints, as JSON, what graphology holds of each file that is named: GEXF, or its own JSON.
const fs = require('fs');
const path = require('path');
const {createRequire} = require('module');

// The packages stand in the folder that is named first.
const load = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const Graph = load('graphology');
const gexf = load('graphology-gexf');

const read = file => {
  const text = fs.readFileSync(file, 'utf8');
  return file.endsWith('.json') ? Graph.from(JSON.parse(text)) : gexf.parse(Graph, text);
};
const tell = graph => ({
  type: graph.type,
  attributes: graph.getAttributes(),
  nodes: graph.mapNodes((key, attributes) => ({key, attributes})),
  edges: graph.mapEdges((key, attributes, source, target, _s, _t, undirected) => ({
    key, attributes, source, target, undirected,
  })),
});

const files = process.argv.slice(3);
console.log(JSON.stringify(files.map(file => tell(read(file)))));
