package io.jitney.daemon.gojson;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A JSON value as a Go program holds it that decodes into {@code interface{}}: members of objects
 * are sorted by name and the last of a name counts; numbers keep their text until they are asked to
 * go through doubles. Values are not changed once they are read, but for the top-level object of
 * who read it.
 */
public sealed interface GoValue {
  /** Names in Go's order: by their bytes in UTF-8, which is by code points. */
  Comparator<String> ORDER = GoValue::compare;

  /**
   * @param members in Go's order
   */
  record Members(SortedMap<String, GoValue> members) implements GoValue {}

  record Elements(List<GoValue> elements) implements GoValue {}

  record Text(String text) implements GoValue {}

  /**
   * @param text as it stands in the JSON
   */
  record Numeral(String text) implements GoValue {}

  /** {@code true}, {@code false} or {@code null}. */
  record Literal(String word) implements GoValue {}

  /** Bytes that are going to be a string of JSON, UTF-8 or not. */
  record Utf8(Buffer text) implements GoValue {}

  /** Bytes that are going to be a string of base64. */
  record Base64(Buffer data) implements GoValue {}

  static GoValue ofNull() {
    return new Literal("null");
  }

  /** An object without members, to be filled. */
  static Members object() {
    return new Members(new TreeMap<>(ORDER));
  }

  /** The value whose first token is current. */
  static GoValue read(GoDecoder in) throws IOException {
    return switch (in.kind()) {
      case "object" -> {
        Members object = object();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
          object.members().put(name, read(in));
        }
        yield object;
      }
      case "array" -> {
        List<GoValue> elements = new ArrayList<>();
        while (in.nextElement()) {
          elements.add(read(in));
        }
        yield new Elements(elements);
      }
      case "string" -> new Text(in.text());
      case "number" -> new Numeral(in.text());
      default -> new Literal(in.text());
    };
  }

  /** The first value of a text; what follows it is ignored. */
  static GoValue parse(Buffer json) throws GoJsonException {
    return GoDecoder.decode(json, GoValue::read);
  }

  /** The first value of a text, which must be an object. */
  static Members parseObject(Buffer json) throws GoJsonException {
    GoValue value =
        GoDecoder.decode(
            json,
            in -> {
              boolean nothing = in.isNull();
              return nothing || in.object("Go value", "map[string]interface {}")
                  ? read(in)
                  : ofNull();
            });
    if (value instanceof Members object) {
      return object;
    }
    // daprd goes on with no map at all, and panics
    throw new GoJsonException(
        "json: cannot unmarshal null into Go value of type map[string]interface {}");
  }

  /** Appends it as Go's encoder writes it. */
  default void write(GoJsonWriter out) {
    switch (this) {
      case Members(SortedMap<String, GoValue> members) -> {
        String before = "{";
        for (Map.Entry<String, GoValue> member : members.entrySet()) {
          out.ascii(before).string(member.getKey()).ascii(":");
          member.getValue().write(out);
          before = ",";
        }
        out.ascii(members.isEmpty() ? "{}" : "}");
      }
      case Elements(List<GoValue> elements) -> {
        String before = "[";
        for (GoValue element : elements) {
          out.ascii(before);
          element.write(out);
          before = ",";
        }
        out.ascii(elements.isEmpty() ? "[]" : "]");
      }
      case Text(String text) -> out.string(text);
      case Numeral(String text) -> out.ascii(text);
      case Literal(String word) -> out.ascii(word);
      case Utf8(Buffer text) -> out.text(text);
      case Base64(Buffer data) -> out.base64(data);
    }
  }

  /** As Go's encoder writes it. */
  default Buffer encode(int expected) {
    GoJsonWriter out = new GoJsonWriter(expected);
    write(out);
    return out.toBuffer();
  }

  /** With every number as Go prints the double nearest to it. */
  default GoValue throughDoubles() {
    return switch (this) {
      case Members(SortedMap<String, GoValue> members) -> {
        Members object = object();
        members.forEach((name, value) -> object.members().put(name, value.throughDoubles()));
        yield object;
      }
      case Elements(List<GoValue> elements) ->
          new Elements(elements.stream().map(GoValue::throughDoubles).toList());
      case Numeral(String text) -> new Numeral(GoFloat.encode(text));
      case Text text -> text;
      case Literal word -> word;
      case Utf8 text -> text;
      case Base64 data -> data;
    };
  }

  private static int compare(String one, String other) {
    int most = Math.min(one.length(), other.length());
    for (int i = 0; i < most; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        boolean pairs = Character.isSurrogate(a) != Character.isSurrogate(b);
        return pairs ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
      }
    }
    return Integer.compare(one.length(), other.length());
  }
}
