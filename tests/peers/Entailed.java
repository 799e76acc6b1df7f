import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * Prints each triple of the second file that the ontology in the first file does not entail; then
 * the number of triples in the second file. Its triples are N-Triples whose objects are IRIs or
 * literals with a datatype. HermiT decides about each triple.
 */
public final class Entailed {
  private static final String TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
  private static final Pattern TRIPLE =
      Pattern.compile("<([^>]*)> <([^>]*)> (?:<([^>]*)>|\"([^\"]*)\"\\^\\^<([^>]*)>) \\.");

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
      if (!reasoner.isEntailed(axiom(line, manager.getOWLDataFactory()))) {
        System.out.println(line);
      }
    }
    System.out.println(count);
  }

  private static OWLAxiom axiom(String line, OWLDataFactory factory) {
    Matcher triple = TRIPLE.matcher(line);
    if (!triple.matches()) {
      throw new IllegalArgumentException(line);
    }
    OWLNamedIndividual subject = factory.getOWLNamedIndividual(IRI.create(triple.group(1)));
    IRI property = IRI.create(triple.group(2));
    if (triple.group(3) == null) {
      return factory.getOWLDataPropertyAssertionAxiom(
          factory.getOWLDataProperty(property),
          subject,
          factory.getOWLLiteral(
              triple.group(4), factory.getOWLDatatype(IRI.create(triple.group(5)))));
    }
    IRI object = IRI.create(triple.group(3));
    if (triple.group(2).equals(TYPE)) {
      return factory.getOWLClassAssertionAxiom(factory.getOWLClass(object), subject);
    }
    return factory.getOWLObjectPropertyAssertionAxiom(
        factory.getOWLObjectProperty(property), subject, factory.getOWLNamedIndividual(object));
  }
}
