import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.semanticweb.HermiT.ReasonerFactory;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLAxiom;
import org.semanticweb.owlapi.model.OWLDataFactory;
import org.semanticweb.owlapi.model.OWLNamedIndividual;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.reasoner.OWLReasoner;

/**
 * Prints each triple of the second file (N-Triples, IRIs only) that the ontology in the first file
 * does not entail; then the number of triples in the second file. HermiT decides about each triple.
 */
public final class Entailed {
  private static final String TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";

  private Entailed() {}

  public static void main(String[] arguments) throws Exception {
    OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
    OWLOntology ontology = manager.loadOntologyFromOntologyDocument(new File(arguments[0]));
    OWLReasoner reasoner = new ReasonerFactory().createReasoner(ontology);
    if (!reasoner.isConsistent()) {
      // An inconsistent ontology entails every triple.
      throw new IllegalStateException("the ontology is inconsistent");
    }
    int count = 0;
    for (String line : Files.readAllLines(Path.of(arguments[1]))) {
      count++;
      if (!reasoner.isEntailed(axiom(line.split(" "), manager.getOWLDataFactory()))) {
        System.out.println(line);
      }
    }
    System.out.println(count);
  }

  private static OWLAxiom axiom(String[] triple, OWLDataFactory factory) {
    OWLNamedIndividual subject = factory.getOWLNamedIndividual(name(triple[0]));
    if (triple[1].equals(TYPE)) {
      return factory.getOWLClassAssertionAxiom(factory.getOWLClass(name(triple[2])), subject);
    }
    return factory.getOWLObjectPropertyAssertionAxiom(
        factory.getOWLObjectProperty(name(triple[1])),
        subject,
        factory.getOWLNamedIndividual(name(triple[2])));
  }

  private static IRI name(String term) {
    return IRI.create(term.substring(1, term.length() - 1));
  }
}
