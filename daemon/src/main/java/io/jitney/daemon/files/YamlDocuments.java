package io.jitney.daemon.files;

import java.util.Iterator;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** The documents of a YAML text; no objects but maps, lists and scalars come of them. */
public final class YamlDocuments {
  private YamlDocuments() {}

  /**
   * Gives each document that is not empty, with its number from 1.
   *
   * @param broken gets why the text is no YAML, and the document that it was found in. Where a
   *     document begins behind a syntax error, nobody can tell: the rest of the file is lost
   */
  public static void each(
      String text, ObjIntConsumer<Object> documents, ObjIntConsumer<String> broken) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(20);
    options.setNestingDepthLimit(20);
    options.setCodePointLimit(8 << 20);
    int document = 0;
    try {
      Iterator<Object> all = new Yaml(new SafeConstructor(options)).loadAll(text).iterator();
      while (all.hasNext()) {
        document++;
        Object content = all.next();
        if (content != null) {
          documents.accept(content, document);
        }
      }
    } catch (YAMLException bad) {
      broken.accept("is no YAML: " + what(bad), Math.max(1, document));
    }
  }

  /** The document's {@code kind}, or "". */
  public static String kind(Object document) {
    return document instanceof Map<?, ?> map && map.get("kind") instanceof String kind ? kind : "";
  }

  private static String what(YAMLException broken) {
    if (broken instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return marked.getProblem() + " (line " + (marked.getProblemMark().getLine() + 1) + ")";
    }
    @Nullable String message = broken.getMessage();
    return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
  }
}
