package io.jitney.daemon.flags;

/**
 * One flag of daprd.
 *
 * @param name without dashes
 * @param kind what values it takes
 * @param byDefault its value when it is not given, as text
 * @param usage one line for {@code --help}
 * @param deprecated what to use instead, "" when it is current
 * @param hidden not shown by {@code --help}
 */
record Flag(
    String name, Kind kind, String byDefault, String usage, String deprecated, boolean hidden) {
  /** What values a flag takes. The word is what {@code --help} shows in the place of a value. */
  enum Kind {
    TEXT("string"),
    TRUTH(""),
    NUMBER("int"),
    COUNT("uint"),
    DURATION("duration"),
    /** Comma-separated, and repeatable. */
    LIST("strings");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  static Flag of(String name, Kind kind, String byDefault, String usage) {
    return new Flag(name, kind, byDefault, usage, "", false);
  }

  Flag deprecated(String instead) {
    return new Flag(name, kind, byDefault, usage, instead, hidden);
  }

  Flag hide() {
    return new Flag(name, kind, byDefault, usage, deprecated, true);
  }

  /** Whether the default is the kind's zero, which {@code --help} leaves out. */
  boolean zeroByDefault() {
    return switch (kind) {
      case TEXT, LIST -> byDefault.isEmpty();
      case TRUTH -> byDefault.equals("false");
      case NUMBER, COUNT -> byDefault.equals("0");
      case DURATION -> byDefault.equals("0s");
    };
  }
}
