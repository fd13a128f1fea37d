package io.jitney.loadtest.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The fields of one mapping. Each read tells what is wrong and goes on with something usable;
 * {@link #done} tells of the fields that nobody asked for.
 */
final class Fields {
  private final String file;
  private final String path;
  private final Node node;
  private final List<Problem> problems;
  private final Map<String, Node> values = new HashMap<>();
  private final Map<String, Node> unread = new HashMap<>();

  Fields(String file, String path, Node node, List<Problem> problems) {
    this.file = file;
    this.path = path;
    this.node = node;
    this.problems = problems;
    if (!(node instanceof MappingNode mapping)) {
      problem(node, "", "must have fields");
      return;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      String name = tuple.getKeyNode() instanceof ScalarNode key ? key.getValue() : "?";
      if (values.put(name, tuple.getValueNode()) != null) {
        problem(tuple.getKeyNode(), name, "is there twice");
      }
      unread.put(name, tuple.getKeyNode());
    }
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name, @Nullable String otherwise) {
    Node value = take(name);
    if (value == null) {
      return missing(name, otherwise, "");
    }
    if (value instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    problem(value, name, "must be a text");
    return otherwise == null ? "" : otherwise;
  }

  int whole(String name, @Nullable Integer otherwise, int least, int most) {
    return (int) number(name, otherwise == null ? null : (double) otherwise, least, most, true);
  }

  double number(String name, @Nullable Double otherwise, double least, double most) {
    return number(name, otherwise, least, most, false);
  }

  private double number(
      String name, @Nullable Double otherwise, double least, double most, boolean whole) {
    Node value = take(name);
    if (value == null) {
      return missing(name, otherwise, least);
    }
    return numberOf(value, name, least, most, whole);
  }

  private double numberOf(Node value, String name, double least, double most, boolean whole) {
    try {
      double number = Double.parseDouble(scalar(value));
      if (number >= least && number <= most && (!whole || number == Math.rint(number))) {
        return number;
      }
    } catch (NumberFormatException wrong) {
      // told below
    }
    problem(
        value,
        name,
        "must be a "
            + (whole ? "whole " : "")
            + "number from "
            + plain(least)
            + " to "
            + plain(most)
            + ", is \""
            + scalar(value)
            + '"');
    return least;
  }

  /** Bytes: a number with B, KiB or MiB. */
  int bytes(String name, int otherwise, int most) {
    Node value = take(name);
    if (value == null) {
      return otherwise;
    }
    double bytes = unit(scalar(value), Map.of("B", 1.0, "KiB", 1024.0, "MiB", 1048576.0));
    if (bytes >= 0 && bytes <= most) {
      return (int) bytes;
    }
    problem(
        value,
        name,
        "must be a size such as 200B, 4KiB or 1.5MiB, at most "
            + most
            + " bytes, is \""
            + scalar(value)
            + '"');
    return otherwise;
  }

  /** Seconds: a number with ms, s or m. */
  double seconds(String name, @Nullable Double otherwise, double most) {
    Node value = take(name);
    if (value == null) {
      return missing(name, otherwise, 0.0);
    }
    double seconds = unit(scalar(value), Map.of("ms", 0.001, "s", 1.0, "m", 60.0));
    if (seconds >= 0 && seconds <= most) {
      return seconds;
    }
    problem(
        value,
        name,
        "must be a time such as 200ms, 5s or 1m, at most "
            + plain(most)
            + " s, is \""
            + scalar(value)
            + '"');
    return otherwise == null ? 0 : otherwise;
  }

  <E extends Enum<E>> E choice(String name, E otherwise) {
    Node value = take(name);
    return value == null ? otherwise : choiceOf(value, name, otherwise);
  }

  private <E extends Enum<E>> E choiceOf(Node value, String name, E otherwise) {
    E[] all = otherwise.getDeclaringClass().getEnumConstants();
    for (E one : all) {
      if (word(one).equals(scalar(value))) {
        return one;
      }
    }
    problem(
        value,
        name,
        "must be one of "
            + String.join(", ", Arrays.stream(all).map(Fields::word).toList())
            + ", is \""
            + scalar(value)
            + '"');
    return otherwise;
  }

  <E extends Enum<E>> List<E> choices(String name, List<E> otherwise) {
    List<Node> nodes = sequence(name);
    return nodes == null
        ? otherwise
        : nodes.stream().map(n -> choiceOf(n, name, otherwise.getFirst())).distinct().toList();
  }

  List<Double> numbers(String name, double least, double most) {
    List<Node> nodes = sequence(name);
    if (nodes == null) {
      missing(name, null, "");
      return List.of();
    }
    return nodes.stream().map(n -> numberOf(n, name, least, most, false)).toList();
  }

  /** One or more; what is wrong inside of them is told with their place in the list. */
  <T> List<T> list(String name, Function<Fields, T> reader) {
    List<Node> nodes = sequence(name);
    if (nodes == null || nodes.isEmpty()) {
      problem(node, name, "must have at least one entry");
      return List.of();
    }
    List<T> read = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Fields fields = new Fields(file, full(name) + "[" + i + "]", nodes.get(i), problems);
      read.add(reader.apply(fields));
      fields.done();
    }
    return read;
  }

  /** A part with fields of its own; null when it is not there. */
  <T> @Nullable T part(String name, Function<Fields, T> reader) {
    Node value = take(name);
    if (value == null) {
      return null;
    }
    Fields fields = new Fields(file, full(name), value, problems);
    T read = reader.apply(fields);
    fields.done();
    return read;
  }

  void done() {
    unread.forEach((name, key) -> problem(key, name, "is not known here"));
  }

  void problem(String name, String what) {
    problem(values.getOrDefault(name, node), name, what);
  }

  private void problem(Node at, String name, String what) {
    problems.add(new Problem(file, at.getStartMark().getLine() + 1, full(name), what));
  }

  private <T> T missing(String name, @Nullable T otherwise, T instead) {
    if (otherwise != null) {
      return otherwise;
    }
    problem(node, name, "is missing");
    return instead;
  }

  private @Nullable List<Node> sequence(String name) {
    Node value = take(name);
    if (value == null) {
      return null;
    }
    if (value instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    problem(value, name, "must be a list");
    return List.of();
  }

  private @Nullable Node take(String name) {
    unread.remove(name);
    return values.get(name);
  }

  private String full(String name) {
    return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
  }

  private static String scalar(Node value) {
    return value instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  /** Minus one when it is no such number. */
  private static double unit(String text, Map<String, Double> units) {
    String number = text.replaceFirst("[A-Za-z]+$", "");
    Double unit = units.get(text.substring(number.length()));
    try {
      return unit == null ? -1 : Double.parseDouble(number.strip()) * unit;
    } catch (NumberFormatException wrong) {
      return -1;
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
