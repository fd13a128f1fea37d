package io.jitney.daemon.files;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of a YAML document, read strictly: a wrong type, a missing field or one that nobody
 * asked for is told, with its path, and reading goes on, so that all problems are found at once.
 */
public final class Fields {
  private static final int LONGEST_SHOWN = 60;

  private final Map<?, ?> values;
  private final String path;
  private final BiConsumer<String, String> problems;
  private final Set<String> asked;

  /**
   * @param path of this mapping, "" at the top
   * @param problems gets the path of a field and what is wrong with it
   */
  public Fields(Map<?, ?> values, String path, BiConsumer<String, String> problems) {
    this(values, path, problems, new HashSet<>());
  }

  private Fields(
      Map<?, ?> values, String path, BiConsumer<String, String> problems, Set<String> asked) {
    this.values = values;
    this.path = path;
    this.problems = problems;
    this.asked = asked;
  }

  /** The path of one of its fields. */
  public String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Tells that something is wrong with one of its fields. */
  public void problem(String name, String message) {
    problems.accept(path(name), message);
  }

  private @Nullable Object value(String name) {
    asked.add(name);
    return values.get(name);
  }

  /** As it stands there: text, number, truth value, list, mapping; null when it is absent. */
  public @Nullable Object raw(String name) {
    return value(name);
  }

  /** The names of all fields, in order. */
  public List<String> names() {
    return values.keySet().stream().map(String::valueOf).toList();
  }

  /** The same mapping without one of its fields; what is asked of it counts as asked of this. */
  public Fields without(String name) {
    Map<Object, Object> others = new LinkedHashMap<>(values);
    others.remove(name);
    return new Fields(others, path, problems, asked);
  }

  /** Whether it is there and not null. */
  public boolean has(String name) {
    return value(name) != null;
  }

  /** Null when it is absent or wrong. */
  public @Nullable String text(String name) {
    Object value = value(name);
    if (value == null) {
      return null;
    }
    String text = scalar(value);
    if (text == null) {
      problem(name, "must be text, not " + shown(value));
    } else if (text.isEmpty()) {
      problem(name, "must not be empty");
      return null;
    }
    return text;
  }

  /** {@code without} when it is absent, and also when it is wrong. */
  public int integer(String name, int least, int most, int without) {
    Object value = value(name);
    if (value == null) {
      return without;
    }
    if (value instanceof Integer number && number >= least && number <= most) {
      return number;
    }
    problem(name, "must be a whole number from " + least + " to " + most + ", not " + shown(value));
    return without;
  }

  /** {@code without} when it is absent, and also when it is wrong. */
  public double number(String name, double without) {
    Object value = value(name);
    if (value == null) {
      return without;
    }
    if (value instanceof Number number && number.doubleValue() >= 0) {
      return number.doubleValue();
    }
    problem(name, "must be a number, 0 or more, not " + shown(value));
    return without;
  }

  /** Null when it is absent or no mapping. */
  public @Nullable Fields object(String name) {
    Object value = value(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Map<?, ?> map) {
      return new Fields(map, path(name), problems);
    }
    problem(name, "must be a mapping, not " + shown(value));
    return null;
  }

  /** Null when it is absent; what is wrong in it is left out. */
  public @Nullable List<String> texts(String name) {
    Object value = value(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof List<?> list)) {
      problem(name, "must be a list, not " + shown(value));
      return List.of();
    }
    List<String> texts = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      Object item = list.get(i);
      String text = item == null ? null : scalar(item);
      if (text == null || text.isEmpty()) {
        problem(name + "[" + i + "]", "must be text, not " + shown(item));
      } else {
        texts.add(text);
      }
    }
    return texts;
  }

  /** All fields of this mapping as text, in order; what is wrong is left out. */
  public Map<String, String> allTexts() {
    Map<String, String> all = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          asked.add(name);
          String text = value == null ? null : scalar(value);
          if (text == null) {
            problem(name, "must be text, a number or a truth value, not " + shown(value));
          } else {
            all.put(name, text);
          }
        });
    return all;
  }

  /** To be called last: tells what was there and not asked for. */
  public void rejectOthers() {
    for (Object key : values.keySet()) {
      String name = String.valueOf(key);
      if (!asked.contains(name)) {
        String known = String.join(", ", asked.stream().sorted().toList());
        problem(name, "is not a field; there are " + known);
      }
    }
  }

  private static @Nullable String scalar(Object value) {
    return switch (value) {
      case String text -> text;
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      default -> null;
    };
  }

  /** A value as messages quote it: never long. */
  public static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "nothing";
      case Map<?, ?> map -> "a mapping";
      case List<?> list -> "a list";
      default -> {
        String text = value.toString();
        yield "\""
            + (text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text)
            + "\"";
      }
    };
  }
}
