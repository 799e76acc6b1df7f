// Print, as JSON, the graph that graphology reads from each file: GEXF or its own JSON.
const fs = require('fs');
const path = require('path');
const {createRequire} = require('module');

// The first argument is the folder with the packages.
const load = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const Graph = load('graphology');
const gexf = load('graphology-gexf');

const read = file => {
  const text = fs.readFileSync(file, 'utf8');
  return file.endsWith('.json') ? Graph.from(JSON.parse(text)) : gexf.parse(Graph, text);
};
const describe = graph => ({
  type: graph.type,
  attributes: graph.getAttributes(),
  nodes: graph.mapNodes((key, attributes) => ({key, attributes})),
  edges: graph.mapEdges((key, attributes, source, target, _s, _t, undirected) => ({
    key, attributes, source, target, undirected,
  })),
});

const files = process.argv.slice(3);
console.log(JSON.stringify(files.map(file => describe(read(file)))));
