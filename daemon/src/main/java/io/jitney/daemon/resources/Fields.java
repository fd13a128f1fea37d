package io.jitney.daemon.resources;

import io.jitney.daemon.resources.YamlTree.Mapping;
import io.jitney.daemon.resources.YamlTree.Scalar;
import io.jitney.daemon.resources.YamlTree.Sequence;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The members of one mapping, read with the types that Dapr's resources have. Messages name fields
 * and kinds, never values: those may be secrets.
 */
final class Fields {
  /** How names and scalars are matched. */
  enum Style {
    /** Resource folders: names in any case, scalars become text as YAML 1.1 reads them. */
    RESOURCE,
    /** Files of {@code --config}: names as they are, scalars become text as they are written. */
    CONFIGURATION
  }

  /** A field of a wrong type; the message is what daprd's decoder would say. */
  static final class WrongType extends Exception {
    private static final long serialVersionUID = 1L;

    WrongType(String message) {
      super(message, null, false, false);
    }
  }

  private static final Fields NONE_RESOURCE = new Fields(Map.of(), "", Style.RESOURCE);
  private static final Fields NONE_CONFIGURATION = new Fields(Map.of(), "", Style.CONFIGURATION);

  private final Map<String, YamlTree> members;
  private final String path;
  private final Style style;

  private Fields(Map<String, YamlTree> members, String path, Style style) {
    this.members = members;
    this.path = path;
    this.style = style;
  }

  /** The members of a document; an empty document has none. */
  static Fields of(YamlTree tree, String path, Style style) throws WrongType {
    if (tree.isNull()) {
      return style == Style.RESOURCE ? NONE_RESOURCE : NONE_CONFIGURATION;
    }
    if (!(tree instanceof Mapping mapping)) {
      throw wrong(style, tree, path, "struct");
    }
    return new Fields(mapping.members(), path, style);
  }

  /**
   * The member; {@link YamlTree.Scalar#NULL} when absent. Of several that differ in case only, the
   * last in name order.
   */
  YamlTree get(String name) {
    if (style == Style.CONFIGURATION) {
      return members.getOrDefault(name, YamlTree.Scalar.NULL);
    }
    String best = null;
    for (String key : members.keySet()) {
      if (key.equalsIgnoreCase(name) && (best == null || key.compareTo(best) > 0)) {
        best = key;
      }
    }
    return best == null ? YamlTree.Scalar.NULL : members.getOrDefault(best, YamlTree.Scalar.NULL);
  }

  /** The names of the members as written, for mappings whose names are the user's own. */
  Set<String> names() {
    return members.keySet();
  }

  /** A text by its name as written; names that differ in case are different ones. */
  String exactText(String name) throws WrongType {
    return text(members.getOrDefault(name, YamlTree.Scalar.NULL), path(name));
  }

  /** A mapping by its name as written. */
  Fields exactObject(String name) throws WrongType {
    return of(members.getOrDefault(name, YamlTree.Scalar.NULL), path(name), style);
  }

  /** Whether the member is there with a value. */
  boolean has(String name) {
    return !get(name).isNull();
  }

  /** A text; "" when absent. Numbers and truth values become text. */
  String text(String name) throws WrongType {
    return text(get(name), path(name));
  }

  private String text(YamlTree tree, String at) throws WrongType {
    if (!(tree instanceof Scalar scalar)) {
      throw wrong(style, tree, at, "string");
    }
    Object value = scalar.value();
    if (value == null) {
      return "";
    }
    return style == Style.CONFIGURATION ? scalar.text() : Yaml11.text(value);
  }

  boolean flag(String name, boolean otherwise) throws WrongType {
    YamlTree tree = get(name);
    if (tree.isNull()) {
      return otherwise;
    }
    if (tree instanceof Scalar scalar && scalar.value() instanceof Boolean value) {
      return value;
    }
    throw wrong(style, tree, path(name), "bool");
  }

  /** An integer; 0 when absent. */
  int integer(String name) throws WrongType {
    YamlTree tree = get(name);
    if (tree.isNull()) {
      return 0;
    }
    if (tree instanceof Scalar scalar
        && scalar.value() instanceof BigInteger value
        && value.bitLength() < Integer.SIZE) {
      return value.intValue();
    }
    throw wrong(style, tree, path(name), "int32");
  }

  /** A mapping of texts, whose names are the user's own. */
  Map<String, String> textMap(String name) throws WrongType {
    YamlTree tree = get(name);
    if (tree.isNull()) {
      return Map.of();
    }
    if (!(tree instanceof Mapping mapping)) {
      throw wrong(style, tree, path(name), "map[string]string");
    }
    Map<String, String> texts = new java.util.LinkedHashMap<>();
    for (Map.Entry<String, YamlTree> member : mapping.members().entrySet()) {
      texts.put(member.getKey(), text(member.getValue(), path(name)));
    }
    return texts;
  }

  /** The items of a list; none when absent. */
  List<YamlTree> items(String name) throws WrongType {
    YamlTree tree = get(name);
    if (tree.isNull()) {
      return List.of();
    }
    if (!(tree instanceof Sequence sequence)) {
      throw wrong(style, tree, path(name), "slice");
    }
    return sequence.items();
  }

  List<String> texts(String name) throws WrongType {
    List<String> texts = new ArrayList<>();
    for (YamlTree item : items(name)) {
      texts.add(text(item, path(name)));
    }
    return List.copyOf(texts);
  }

  List<Integer> integers(String name) throws WrongType {
    List<Integer> integers = new ArrayList<>();
    for (YamlTree item : items(name)) {
      if (!(item instanceof Scalar scalar)
          || !(scalar.value() instanceof BigInteger value)
          || value.bitLength() >= Integer.SIZE) {
        throw wrong(style, item, path(name), "int");
      }
      integers.add(value.intValue());
    }
    return List.copyOf(integers);
  }

  /** The items of a list of mappings. */
  List<Fields> objects(String name) throws WrongType {
    List<Fields> objects = new ArrayList<>();
    for (YamlTree item : items(name)) {
      objects.add(of(item, path(name), style));
    }
    return objects;
  }

  /** A mapping; an empty one when absent. */
  Fields object(String name) throws WrongType {
    return of(get(name), path(name), style);
  }

  private String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static WrongType wrong(Style style, YamlTree found, String at, String wanted) {
    return new WrongType(
        switch (style) {
          case RESOURCE ->
              "json: cannot unmarshal "
                  + found.kind()
                  + " into Go struct field "
                  + at
                  + " of type "
                  + wanted;
          case CONFIGURATION ->
              "yaml: unmarshal errors: cannot unmarshal "
                  + found.kind()
                  + " into "
                  + at
                  + " of type "
                  + wanted;
        });
  }
}
