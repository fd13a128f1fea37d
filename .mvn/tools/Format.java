import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks ({@code check}) or brings about ({@code write}) google-java-format's shape for every Java
 * source of the repository. Run by the parent POM under the JDK 25, from source.
 */
final class Format {

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    List<String> wrong = new ArrayList<>();
    for (Path source : sources(root)) {
      String before = Files.readString(source);
      String after;
      try {
        after = shape(before);
      } catch (FormatterException e) {
        System.err.println(source + ": " + e.getMessage());
        System.exit(1);
        return;
      }
      if (!after.equals(before)) {
        wrong.add(root.relativize(source).toString());
        if (write) {
          Files.writeString(source, after);
        }
      }
    }
    if (write) {
      System.out.println("Formatted " + wrong.size() + " sources.");
    } else if (!wrong.isEmpty()) {
      System.err.println(
          "Not in google-java-format's shape:\n  "
              + String.join("\n  ", wrong)
              + "\nPut it right with:  mvn -Pformat process-sources");
      System.exit(1);
    }
  }

  /**
   * Until nothing changes any more: a comment that was broken may be broken differently the second
   * time.
   */
  private static String shape(String source) throws FormatterException {
    String before;
    String after = source;
    int rounds = 0;
    do {
      before = after;
      after = RemoveUnusedImports.removeUnusedImports(before);
      after = ImportOrderer.reorderImports(after, JavaFormatterOptions.Style.GOOGLE);
      after = new Formatter().formatSource(after);
    } while (!after.equals(before) && ++rounds < 5);
    return after;
  }

  private static List<Path> sources(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(f -> f.toString().endsWith(".java"))
          .filter(f -> !root.relativize(f).toString().contains("target/"))
          .sorted()
          .toList();
    }
  }
}
