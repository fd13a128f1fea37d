package io.jitney.daemon.apps;

import io.jitney.daemon.files.Fields;
import io.jitney.daemon.files.FileProblem;
import io.jitney.daemon.files.YamlDocuments;
import io.jitney.daemon.policy.PolicyKind;
import io.jitney.tenancy.TenantId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads apps files: YAML of one or several documents, each an {@code App}; policies may stand
 * between them and are not its business. Strict, and never stops at the first problem. Not for use
 * by several threads.
 */
public final class AppsParser {
  private final List<AppResource> apps = new ArrayList<>();
  private final List<FileProblem> problems = new ArrayList<>();
  private final Set<Path> unclear = new HashSet<>();
  private final Map<TenantId, AppResource> byId = new HashMap<>();

  /**
   * Reads one file. Files are to be given in a fixed order, since of two apps with one id the first
   * counts.
   */
  public AppsParser add(Path file, String text) {
    YamlDocuments.each(
        text,
        (content, document) -> {
          if (!PolicyKind.isOne(YamlDocuments.kind(content))) { // those have their own reader
            add(file, document, content);
          }
        },
        (why, document) -> unreadable(file, document, why));
    return this;
  }

  /** A file that could not be read at all. */
  public AppsParser unreadable(Path file, int document, String why) {
    problems.add(new FileProblem(file, document, "", why));
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
              map, "", (field, what) -> problems.add(new FileProblem(file, document, field, what)));
      app = new AppReader(file, document).read(top);
    } else {
      problems.add(
          new FileProblem(
              file, document, "", "must be a mapping with apiVersion, kind, metadata and spec"));
    }
    if (problems.size() > before || app == null) {
      unclear.add(file);
      return;
    }
    AppResource first = byId.putIfAbsent(app.id(), app);
    if (first != null) {
      problems.add(
          new FileProblem(
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
}
