import java.awt.Font;
import java.io.File;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.gephi.graph.api.Column;
import org.gephi.graph.api.DirectedGraph;
import org.gephi.graph.api.Edge;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.GraphModel;
import org.gephi.graph.api.Interval;
import org.gephi.graph.api.Node;
import org.gephi.graph.api.types.IntervalSet;
import org.gephi.io.exporter.api.ExportController;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.EdgeMergeStrategy;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.importer.api.Issue;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.preview.api.PreviewController;
import org.gephi.preview.api.PreviewModel;
import org.gephi.preview.api.PreviewProperty;
import org.gephi.preview.types.EdgeColor;
import org.gephi.project.api.ProjectController;
import org.gephi.project.api.Workspace;
import org.openide.util.Lookup;

/**
 * Imports networks as Gephi does and prints the result: for each file a line with its path, then
 * lines with a name, a tab and a value. An argument picture=network also draws the network, to
 * picture and to picture.pdf.
 */
public final class Imported {
  private Imported() {}

  public static void main(String[] arguments) throws Exception {
    ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      String network = parts[parts.length - 1];
      projects.newProject();
      Workspace workspace = projects.getCurrentWorkspace();
      System.out.println("file\t" + network);
      open(new File(network), workspace);
      print(Lookup.getDefault().lookup(GraphController.class).getGraphModel());
      if (parts.length > 1) {
        draw(new File(parts[0]), workspace);
      }
      projects.closeCurrentProject();
    }
    System.out.println("end");
    System.exit(0);
  }

  private static void open(File file, Workspace workspace) throws Exception {
    ImportController importer = Lookup.getDefault().lookup(ImportController.class);
    Container container = importer.importFile(file);
    container.getLoader().setEdgesMergeStrategy(EdgeMergeStrategy.SUM);
    // Keep positions and sizes as they are in the file.
    container.getLoader().setAutoScale(false);
    container.verify();
    Iterator<Issue> issues = container.getReport().getIssues(Integer.MAX_VALUE);
    while (issues.hasNext()) {
      Issue issue = issues.next();
      System.out.println("issue\t" + issue.getLevel() + " " + issue.getMessage());
    }
    System.out.println("edge default\t" + container.getUnloader().getEdgeDefault());
    importer.process(container, new DefaultProcessor(), workspace);
  }

  private static void print(GraphModel model) {
    DirectedGraph graph = model.getDirectedGraph();
    System.out.println("nodes\t" + graph.getNodeCount());
    System.out.println("edges\t" + graph.getEdgeCount());
    Map<String, Integer> kinds = new TreeMap<>();
    int dated = 0;
    double weight = 0;
    for (Edge edge : graph.getEdges()) {
      kinds.merge(String.valueOf(edge.getTypeLabel()), 1, Integer::sum);
      weight += edge.getWeight();
      dated += times("edge " + edge.getId(), edge.getAttribute("timeset"));
      if (edge.isDirected() != model.isDirected()) {
        System.out.println("issue\tdirection of " + edge.getId());
      }
    }
    System.out.println("weight\t" + weight);
    System.out.println("directed\t" + model.isDirected());
    kinds.forEach((kind, count) -> System.out.println("kind " + kind + "\t" + count));
    System.out.println("edge intervals\t" + dated);
    dated = 0;
    for (Node node : graph.getNodes()) {
      dated += times("node " + node.getId(), node.getAttribute("timeset"));
    }
    System.out.println("node intervals\t" + dated);
    System.out.println("dynamic\t" + model.isDynamic());
    for (Column column : model.getNodeTable()) {
      if (!column.isProperty()) {
        int values = 0;
        for (Node node : graph.getNodes()) {
          values += node.getAttribute(column) == null ? 0 : 1;
        }
        print("node", column, values);
      }
    }
    for (Column column : model.getEdgeTable()) {
      if (!column.isProperty()) {
        int values = 0;
        for (Edge edge : graph.getEdges()) {
          values += edge.getAttribute(column) == null ? 0 : 1;
        }
        print("edge", column, values);
      }
    }
    for (Node node : graph.getNodes()) {
      System.out.printf(
          java.util.Locale.ROOT, "look %s\t%s %.2f %.2f %.2f #%02x%02x%02x%n", node.getId(),
          node.getLabel(), node.x(), node.y(), node.size(), Math.round(node.r() * 255),
          Math.round(node.g() * 255), Math.round(node.b() * 255));
    }
  }

  private static void print(String element, Column column, int values) {
    String type = column.getTypeClass().getSimpleName();
    System.out.println(
        element + " column " + column.getId() + "\t" + column.getTitle() + " " + type + " "
        + values);
  }

  private static int times(String element, Object times) {
    if (!(times instanceof IntervalSet)) {
      return 0;
    }
    int count = 0;
    for (Interval interval : ((IntervalSet) times).toArray()) {
      System.out.println("time " + element + "\t" + day(interval.getLow()) + " "
          + day(interval.getHigh()));
      count++;
    }
    return count;
  }

  private static String day(double time) {
    return Double.isInfinite(time)
        ? "open"
        : java.time.Instant.ofEpochMilli((long) time).toString();
  }

  private static void draw(File picture, Workspace workspace) throws Exception {
    PreviewModel model =
        Lookup.getDefault().lookup(PreviewController.class).getModel(workspace);
    model.getProperties().putValue(PreviewProperty.SHOW_NODE_LABELS, Boolean.TRUE);
    model.getProperties().putValue(PreviewProperty.EDGE_COLOR, new EdgeColor(EdgeColor.Mode.SOURCE));
    model.getProperties().putValue(PreviewProperty.EDGE_OPACITY, 40);
    model.getProperties().putValue(PreviewProperty.NODE_LABEL_PROPORTIONAL_SIZE, Boolean.FALSE);
    model.getProperties().putValue(PreviewProperty.NODE_LABEL_OUTLINE_SIZE, 6);
    model.getProperties().putValue(PreviewProperty.NODE_LABEL_OUTLINE_OPACITY, 80);
    model.getProperties().putValue(
        PreviewProperty.NODE_LABEL_FONT, new Font(Font.SANS_SERIF, Font.PLAIN, 24));
    Lookup.getDefault().lookup(PreviewController.class).refreshPreview(workspace);
    File pdf = new File(picture.getPath() + ".pdf");
    Lookup.getDefault().lookup(ExportController.class).exportFile(pdf, workspace);
    // Gephi's PNG export needs a screen, its PDF export does not.
    try (PDDocument document = PDDocument.load(pdf)) {
      ImageIO.write(new PDFRenderer(document).renderImage(0, 2f), "png", picture);
    }
  }
}
