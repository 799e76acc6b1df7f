import org.obolibrary.robot.CommandState;
import org.obolibrary.robot.ValidateProfileCommand;

/**
 * Validates each of some ontologies by itself against OWL 2 DL, as the command of ROBOT does, which
 * would start anew for each. Arguments are, in turn, an ontology and its report. Prints a line for
 * each: "right", or what the command says of it.
 */
public final class Profiles {
  private Profiles() {}

  public static void main(String[] arguments) {
    for (int at = 0; at < arguments.length; at += 2) {
      String[] options = {
        "--profile", "DL", "--input", arguments[at], "--output", arguments[at + 1]
      };
      String said = "right";
      try {
        new ValidateProfileCommand().execute(new CommandState(), options);
      } catch (Exception error) {
        said = String.valueOf(error.getMessage());
      }
      System.out.println(said);
    }
  }
}
