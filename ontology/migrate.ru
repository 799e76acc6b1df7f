# Replaces deprecated terms in data by the terms that replace them (SPARQL 1.1 Update).
#
# It changes statements with a deprecated property or value in each named graph that is not part of
# an ontology. A term that has been replaced more than once becomes the last of them. Ontology and
# data must be in named graphs, as kg push loads them; the second time it does nothing.
#
#   curl --data-urlencode update@ontology/migrate.ru http://127.0.0.1:7878/update
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>

DELETE { GRAPH ?graph { ?subject ?old ?value } }
INSERT { GRAPH ?graph { ?subject ?new ?value } }
WHERE {
  GRAPH ?terms {
    ?old owl:deprecated true ; dcterms:isReplacedBy+ ?new .
    FILTER NOT EXISTS { ?new owl:deprecated true }
  }
  GRAPH ?graph { ?subject ?old ?value }
  FILTER NOT EXISTS { GRAPH ?graph { ?module a owl:Ontology } }
} ;

DELETE { GRAPH ?graph { ?subject ?property ?old } }
INSERT { GRAPH ?graph { ?subject ?property ?new } }
WHERE {
  GRAPH ?terms {
    ?old owl:deprecated true ; dcterms:isReplacedBy+ ?new .
    FILTER NOT EXISTS { ?new owl:deprecated true }
  }
  GRAPH ?graph { ?subject ?property ?old }
  FILTER NOT EXISTS { GRAPH ?graph { ?module a owl:Ontology } }
}
