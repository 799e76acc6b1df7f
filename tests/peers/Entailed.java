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
 * Prints the triples of the second file, N-Triples of names alone, that the ontology in the first
 * does not entail; then how many it looked at. HermiT decides each triple by itself.
 */
public final class Entailed {
  private static final String TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";

  private Entailed() {}

  public static void main(String[] arguments) throws Exception {
    OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
    OWLOntology ontology = manager.loadOntologyFromOntologyDocument(new File(arguments[0]));
    OWLReasoner reasoner = new ReasonerFactory().createReasoner(ontology);
    if (!reasoner.isConsistent()) {
      // Everything follows from a contradiction: no answer would mean anything.
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
