package io.jitney.daemon.apps;

import io.jitney.tenancy.TenantId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads apps files: YAML of one or several documents, each an {@code App}. Strict, and never stops
 * at the first problem. Not for use by several threads.
 */
public final class AppsParser {
  private final List<AppResource> apps = new ArrayList<>();
  private final List<AppProblem> problems = new ArrayList<>();
  private final Set<Path> unclear = new HashSet<>();
  private final Map<TenantId, AppResource> byId = new HashMap<>();

  /**
   * Reads one file. Files are to be given in a fixed order, since of two apps with one id the first
   * counts.
   */
  public AppsParser add(Path file, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(20);
    options.setNestingDepthLimit(20);
    options.setCodePointLimit(8 << 20);
    Iterator<Object> documents;
    int document = 0;
    try {
      documents = new Yaml(new SafeConstructor(options)).loadAll(text).iterator();
      while (documents.hasNext()) {
        document++;
        Object content = documents.next();
        if (content != null) {
          add(file, document, content);
        }
      }
    } catch (YAMLException broken) {
      // Where a document begins behind a syntax error, nobody can tell: the rest of the file is
      // lost.
      unreadable(file, Math.max(1, document), "is no YAML: " + what(broken));
    }
    return this;
  }

  /** A file that could not be read at all. */
  public AppsParser unreadable(Path file, int document, String why) {
    problems.add(new AppProblem(file, document, "", why));
    unclear.add(file);
    return this;
  }

  public ParsedApps result() {
    return new ParsedApps(apps, problems, unclear);
  }

  private void add(Path file, int document, Object content) {
    int before = problems.size();
    AppResource app = null;
    if (content instanceof Map<?, ?> map) {
      Fields top =
          new Fields(
              map, "", (field, what) -> problems.add(new AppProblem(file, document, field, what)));
      app = new AppReader(file, document).read(top);
    } else {
      problems.add(
          new AppProblem(
              file, document, "", "must be a mapping with apiVersion, kind, metadata and spec"));
    }
    if (problems.size() > before || app == null) {
      unclear.add(file);
      return;
    }
    AppResource first = byId.putIfAbsent(app.id(), app);
    if (first != null) {
      problems.add(
          new AppProblem(
              file,
              document,
              "",
              app.id()
                  + " is declared already, in "
                  + first.file()
                  + ", document "
                  + first.document()));
      return;
    }
    apps.add(app);
  }

  private static String what(YAMLException broken) {
    if (broken instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return marked.getProblem() + " (line " + (marked.getProblemMark().getLine() + 1) + ")";
    }
    @Nullable String message = broken.getMessage();
    return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
  }
}
