package io.jitney.daemon.resources;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A YAML document with its aliases resolved. Immutable. Values may be secrets: {@code toString}
 * hides them.
 */
sealed interface YamlTree {
  /** A mapping; keys as YAML 1.1 reads them, the last of equal keys counts. */
  record Mapping(Map<String, YamlTree> members) implements YamlTree {
    @Override
    public String toString() {
      return "Mapping" + members.keySet();
    }
  }

  record Sequence(List<YamlTree> items) implements YamlTree {
    @Override
    public String toString() {
      return "Sequence[" + items.size() + "]";
    }
  }

  /**
   * A scalar.
   *
   * @param text as written, without quotes
   * @param value what YAML 1.1 makes of it: null, Boolean, BigInteger, Double or String
   */
  record Scalar(String text, @Nullable Object value) implements YamlTree {
    /** The empty document, and what an absent member reads as. */
    static final YamlTree NULL = new Scalar("", null);

    @Override
    public String toString() {
      return "Scalar[]";
    }
  }

  default boolean isNull() {
    return this instanceof Scalar scalar && scalar.value() == null;
  }

  /** Go's word for the JSON kind, for error messages. */
  default String kind() {
    return switch (this) {
      case Mapping mapping -> "object";
      case Sequence sequence -> "array";
      case Scalar scalar ->
          switch (scalar.value()) {
            case null -> "null";
            case Boolean flag -> "bool";
            case String text -> "string";
            default -> "number";
          };
    };
  }
}
