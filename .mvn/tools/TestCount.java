import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The last lines of a build with tests: how many ran in all modules, and each one that was skipped,
 * with its reason. A skipped test that nobody sees is a test that nobody has.
 *
 * <pre>
 *   java TestCount.java ROOT BEGIN_OF_BUILD
 * </pre>
 */
final class TestCount {

  public static void main(String[] args) throws Exception {
    Instant begin = Instant.parse(args[1]);
    int tests = 0;
    int failed = 0;
    List<String> skipped = new ArrayList<>();
    for (Path report : reports(Path.of(args[0]), begin)) {
      Element suite =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getDocumentElement();
      NodeList cases = suite.getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element test = (Element) cases.item(i);
        NodeList reasons = test.getElementsByTagName("skipped");
        tests++;
        if (reasons.getLength() > 0) {
          String reason = ((Element) reasons.item(0)).getAttribute("message");
          skipped.add(
              test.getAttribute("classname") + "." + test.getAttribute("name") + ": " + reason);
        } else if (test.getElementsByTagName("failure").getLength() > 0
            || test.getElementsByTagName("error").getLength() > 0) {
          failed++;
        }
      }
    }
    skipped.forEach(line -> System.out.println("skipped: " + line));
    System.out.printf(
        "All modules: %d tests run, %d failed, %d skipped%n",
        tests - skipped.size(), failed, skipped.size());
  }

  private static List<Path> reports(Path root, Instant begin) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String module : List.of("tenancy", "components", "daemon", "loadtest")) {
      for (String kind : List.of("surefire-reports", "failsafe-reports")) {
        Path folder = root.resolve(module).resolve("target").resolve(kind);
        if (!Files.isDirectory(folder)) {
          continue;
        }
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.sorted().toList()) {
            String name = file.getFileName().toString();
            // An older report is an earlier build's.
            if (name.startsWith("TEST-")
                && name.endsWith(".xml")
                && !Files.getLastModifiedTime(file).toInstant().isBefore(begin)) {
              found.add(file);
            }
          }
        }
      }
    }
    return found;
  }
}
