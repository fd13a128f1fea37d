package io.jitney.daemon.resources;

import io.jitney.daemon.resources.YamlTree.Mapping;
import io.jitney.daemon.resources.YamlTree.Scalar;
import io.jitney.daemon.resources.YamlTree.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads one YAML document of a tenant, who may be careless or hostile: depth, aliases and the size
 * of what aliases expand to are bounded, tags make no objects, and messages hold nothing of the
 * text. Needs no more than some megabytes and milliseconds whatever the document says. Call it
 * where waiting is allowed, not on an event loop.
 */
final class YamlReader {
  private static final int MAX_DEPTH = 50;
  private static final int MAX_ALIASES = 200;

  /** Bounds of the tree after its aliases were expanded; a real resource has some hundred nodes. */
  private static final int MAX_NODES = 100_000;

  private static final int MAX_CHARACTERS = 8 * 1024 * 1024;

  /** A plain scalar, whose meaning {@link Yaml11} finds; quoted ones are texts. */
  private static final Tag PLAIN = new Tag("!jitney.io,plain");

  private static final Resolver RESOLVER =
      new Resolver() {
        @Override
        protected void addImplicitResolvers() {}

        @Override
        public Tag resolve(NodeId kind, String value, boolean implicit) {
          return kind == NodeId.scalar && implicit ? PLAIN : super.resolve(kind, value, implicit);
        }
      };

  /** The document is not YAML, or too much of it. The message begins with {@code yaml: }. */
  static final class NotYaml extends Exception {
    private static final long serialVersionUID = 1L;

    NotYaml(String message) {
      super(message, null, false, false);
    }
  }

  private int nodes;
  private long characters;

  private YamlReader() {}

  /** The first document of {@code text}; an empty one is {@link YamlTree.Scalar#NULL}. */
  static YamlTree read(String text) throws NotYaml {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setCodePointLimit(Integer.MAX_VALUE); // the caller bounds the text
    options.setAllowRecursiveKeys(false);
    options.setProcessComments(false);
    options.setTagInspector(tag -> true); // tags are not looked at, so none can do harm
    try {
      Composer composer =
          new Composer(new ParserImpl(new StreamReader(text), options), RESOLVER, options);
      if (!composer.checkNode()) {
        return YamlTree.Scalar.NULL;
      }
      return new YamlReader().tree(composer.getNode(), 0);
    } catch (MarkedYAMLException bad) {
      Mark mark = bad.getProblemMark();
      String line = mark == null ? "" : "line " + (mark.getLine() + 1) + ": ";
      throw new NotYaml("yaml: " + line + problem(bad.getProblem()));
    } catch (YAMLException bad) {
      throw new NotYaml("yaml: " + problem(String.valueOf(bad.getMessage())));
    }
  }

  /** SnakeYAML's words, unless they quote the document. */
  private static String problem(String text) {
    if (String.valueOf(text).startsWith("found undefined alias")) {
      return "unknown anchor referenced";
    }
    return String.valueOf(text).lines().findFirst().orElse("invalid document");
  }

  private YamlTree tree(Node node, int depth) throws NotYaml {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
      throw new NotYaml("yaml: document contains excessive aliasing");
    }
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar);
      case SequenceNode sequence -> {
        List<YamlTree> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          items.add(tree(item, depth + 1));
        }
        yield new Sequence(Collections.unmodifiableList(items));
      }
      case MappingNode mapping -> new Mapping(Collections.unmodifiableMap(members(mapping, depth)));
      default -> throw new NotYaml("yaml: unknown node");
    };
  }

  private Map<String, YamlTree> members(MappingNode mapping, int depth) throws NotYaml {
    Map<String, YamlTree> members = new LinkedHashMap<>();
    Map<String, YamlTree> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        throw new NotYaml("yaml: a key is no scalar");
      }
      Scalar key = scalar(keyNode);
      YamlTree value = tree(tuple.getValueNode(), depth + 1);
      if (keyNode.getTag().equals(PLAIN) && key.text().equals("<<")) {
        merge(value, merged);
      } else {
        members.put(key.value() == null ? "null" : Yaml11.text(key.value()), value);
      }
    }
    merged.forEach(members::putIfAbsent);
    return members;
  }

  private static void merge(YamlTree value, Map<String, YamlTree> into) throws NotYaml {
    switch (value) {
      case Mapping mapping -> mapping.members().forEach(into::putIfAbsent);
      case Sequence sequence -> {
        for (YamlTree item : sequence.items()) {
          if (!(item instanceof Mapping mapping)) {
            throw new NotYaml("yaml: map merge requires map or sequence of maps as the value");
          }
          mapping.members().forEach(into::putIfAbsent);
        }
      }
      case Scalar scalar ->
          throw new NotYaml("yaml: map merge requires map or sequence of maps as the value");
    }
  }

  private Scalar scalar(ScalarNode node) throws NotYaml {
    String text = node.getValue();
    characters += text.length();
    if (characters > MAX_CHARACTERS) {
      throw new NotYaml("yaml: document contains excessive aliasing");
    }
    boolean plain = !node.getTag().equals(Tag.STR) && !node.getTag().equals(Tag.BINARY);
    return new Scalar(text, plain ? Yaml11.resolve(text) : text);
  }
}
