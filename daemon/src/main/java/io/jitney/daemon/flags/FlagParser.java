package io.jitney.daemon.flags;

import io.jitney.components.spi.GoText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads daprd's arguments by the rules of Go's pflag, as daprd uses it: a single dash counts as
 * two, {@code --flag=value} and {@code --flag value}, truth values need none, lists are CSV and
 * repeatable, other flags count by their last value, arguments that are no flags are ignored,
 * {@code --} ends the flags.
 */
public final class FlagParser {
  /** What the arguments come to. */
  public sealed interface Result {
    /**
     * A command line to act on.
     *
     * @param notes lines for the standard error, with line ends: deprecated flags that were used
     */
    record Flags(ParsedFlags flags, String notes) implements Result {}

    /** {@code --help}: to be printed on the standard error, exit code 0. */
    record Help(String text) implements Result {}

    /** Arguments that cannot be read: to be printed on the standard error, exit code 2. */
    record Wrong(String text) implements Result {}
  }

  private static final class HelpAsked extends Exception {
    private static final long serialVersionUID = 1L;

    HelpAsked() {
      super(null, null, false, false);
    }
  }

  private final List<String> arguments;
  private final Map<String, Object> values = new HashMap<>();
  private final Set<String> given = new HashSet<>();
  private final StringBuilder notes = new StringBuilder();
  private int next;

  private FlagParser(List<String> arguments) {
    this.arguments = arguments;
  }

  /**
   * @param arguments without the program's name
   */
  public static Result parse(List<String> arguments) {
    FlagParser parser = new FlagParser(arguments);
    try {
      parser.parse();
    } catch (HelpAsked help) {
      return new Result.Help(parser.notes + FlagUsage.text());
    } catch (FlagException wrong) {
      return new Result.Wrong(parser.notes + FlagUsage.text() + wrong.getMessage() + "\n");
    }
    for (Flag flag : FlagTable.FLAGS) {
      parser.values.putIfAbsent(flag.name(), byDefault(flag));
    }
    return new Result.Flags(new ParsedFlags(parser.values, parser.given), parser.notes.toString());
  }

  private void parse() throws FlagException, HelpAsked {
    while (next < arguments.size()) {
      String argument = arguments.get(next++);
      if (argument.length() < 2 || argument.charAt(0) != '-') {
        continue;
      }
      if (argument.equals("--")) {
        return;
      }
      if (argument.startsWith("--")) {
        flag(argument.substring(2), argument);
      } else if (argument.length() > 2) {
        flag(argument.substring(1), "-" + argument);
      } else if (argument.equals("-h")) {
        throw new HelpAsked();
      } else {
        throw new FlagException(
            "unknown shorthand flag: '" + argument.charAt(1) + "' in " + argument);
      }
    }
  }

  private void flag(String text, String whole) throws FlagException, HelpAsked {
    if (text.charAt(0) == '-' || text.charAt(0) == '=') {
      throw new FlagException("bad flag syntax: " + whole);
    }
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    Flag flag = FlagTable.find(name);
    if (flag == null) {
      if (name.equals("help")) {
        throw new HelpAsked();
      }
      throw new FlagException("unknown flag: --" + name);
    }
    String value;
    if (equals >= 0) {
      value = text.substring(equals + 1);
    } else if (flag.kind() == Flag.Kind.TRUTH) {
      value = "true";
    } else if (next < arguments.size()) {
      value = arguments.get(next++);
    } else {
      throw new FlagException("flag needs an argument: --" + name);
    }
    set(flag, value);
  }

  private void set(Flag flag, String value) throws FlagException {
    try {
      values.put(
          flag.name(),
          read(flag, value, given.contains(flag.name()) ? values.get(flag.name()) : null));
    } catch (GoText.Unreadable | FlagException unreadable) {
      throw new FlagException(
          "invalid argument "
              + GoText.quote(value)
              + " for \"--"
              + flag.name()
              + "\" flag: "
              + unreadable.getMessage());
    }
    given.add(flag.name());
    if (!flag.deprecated().isEmpty()) {
      notes
          .append("Flag --")
          .append(flag.name())
          .append(" has been deprecated, ")
          .append(flag.deprecated());
      notes.append('\n');
    }
  }

  private static Object read(Flag flag, String value, @Nullable Object before)
      throws GoText.Unreadable, FlagException {
    return switch (flag.kind()) {
      case TEXT -> value;
      case TRUTH -> GoText.parseBool(value);
      case NUMBER -> GoInteger.parse(value, false);
      case COUNT -> GoInteger.parse(value, true);
      case DURATION -> GoText.parseDuration(value);
      case LIST -> {
        List<String> all = new ArrayList<>();
        if (before instanceof List<?> earlier) {
          earlier.forEach(one -> all.add((String) one));
        }
        all.addAll(CsvRecord.parse(value));
        yield List.copyOf(all);
      }
    };
  }

  /** The value of a flag that is not given. */
  static Object byDefault(Flag flag) {
    String text = flag.byDefault();
    return switch (flag.kind()) {
      case TEXT -> text;
      case TRUTH -> text.equals("true");
      case NUMBER, COUNT -> Long.parseLong(text);
      case DURATION -> Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
      case LIST -> List.of();
    };
  }
}
