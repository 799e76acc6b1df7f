import java.io.File;
import org.semanticweb.HermiT.Reasoner;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLClass;
import org.semanticweb.owlapi.model.OWLOntology;

/**
 * Prints for each of some ontologies a line: "inconsistent", or else "consistent" and the IRIs of
 * the classes that cannot have members.
 */
public final class Satisfiable {
  private Satisfiable() {}

  public static void main(String[] arguments) throws Exception {
    for (String path : arguments) {
      OWLOntology ontology =
          OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(new File(path));
      Reasoner reasoner = new Reasoner(ontology);
      StringBuilder line = new StringBuilder("inconsistent");
      if (reasoner.isConsistent()) {
        line = new StringBuilder("consistent");
        for (OWLClass one : reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()) {
          line.append(' ').append(one.getIRI());
        }
      }
      System.out.println(line);
      reasoner.dispose();
    }
  }
}
