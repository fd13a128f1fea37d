package io.jitney.components.bindings.cron;

import io.jitney.components.spi.GoText;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringTokenizer;

/**
 * Reads schedules as robfig's cron library does with optional seconds and descriptors: five fields
 * (minute, hour, day of month, month, day of week) or six with seconds in front; lists, ranges,
 * steps, names; {@code @hourly} and the like; {@code @every}; a zone in front ({@code TZ=} or
 * {@code CRON_TZ=}).
 */
final class ScheduleParser {
  private static final Map<String, Integer> MONTHS =
      Map.ofEntries(
          Map.entry("jan", 1),
          Map.entry("feb", 2),
          Map.entry("mar", 3),
          Map.entry("apr", 4),
          Map.entry("may", 5),
          Map.entry("jun", 6),
          Map.entry("jul", 7),
          Map.entry("aug", 8),
          Map.entry("sep", 9),
          Map.entry("oct", 10),
          Map.entry("nov", 11),
          Map.entry("dec", 12));

  private static final Map<String, Integer> DAYS =
      Map.of("sun", 0, "mon", 1, "tue", 2, "wed", 3, "thu", 4, "fri", 5, "sat", 6);

  private enum Field {
    SECOND(0, 59, Map.of()),
    MINUTE(0, 59, Map.of()),
    HOUR(0, 23, Map.of()),
    DAY_OF_MONTH(1, 31, Map.of()),
    MONTH(1, 12, MONTHS),
    DAY_OF_WEEK(0, 6, DAYS);

    private final int min;
    private final int max;

    @SuppressWarnings("ImmutableEnumChecker") // made by Map.of
    private final Map<String, Integer> names;

    Field(int min, int max, Map<String, Integer> names) {
      this.min = min;
      this.max = max;
      this.names = names;
    }

    long all() {
      return bits(min, max, 1) | FieldSchedule.STAR;
    }
  }

  private ScheduleParser() {}

  /**
   * @param local the zone of schedules that name none
   */
  static Schedule parse(String text, ZoneId local) throws Schedule.Unreadable {
    if (text.isEmpty()) {
      throw new Schedule.Unreadable("empty spec string");
    }
    ZoneId zone = local;
    String spec = text;
    if (spec.startsWith("TZ=") || spec.startsWith("CRON_TZ=")) {
      int space = spec.indexOf(' ');
      if (space < 0) { // the Go library panics
        throw new Schedule.Unreadable("no schedule after the time zone: " + text);
      }
      zone = zone(spec.substring(spec.indexOf('=') + 1, space), local);
      spec = spec.substring(space).strip();
    }
    return spec.startsWith("@") ? descriptor(spec, zone) : fields(spec, zone);
  }

  private static ZoneId zone(String name, ZoneId local) throws Schedule.Unreadable {
    if (name.isEmpty() || name.equals("UTC")) {
      return ZoneId.of("UTC");
    }
    if (name.equals("Local")) {
      return local;
    }
    try {
      if (ZoneId.getAvailableZoneIds().contains(name)) {
        return ZoneId.of(name);
      }
    } catch (DateTimeException unreadable) {
      // as unknown
    }
    throw new Schedule.Unreadable("provided bad location " + name + ": unknown time zone " + name);
  }

  private static Schedule fields(String spec, ZoneId zone) throws Schedule.Unreadable {
    List<String> words = words(spec);
    if (words.size() < 5 || words.size() > 6) {
      throw new Schedule.Unreadable(
          "expected 5 to 6 fields, found " + words.size() + ": [" + String.join(" ", words) + "]");
    }
    int first = words.size() - 5;
    return new FieldSchedule(
        first == 0 ? 1 : field(words.getFirst(), Field.SECOND),
        field(words.get(first), Field.MINUTE),
        field(words.get(first + 1), Field.HOUR),
        field(words.get(first + 2), Field.DAY_OF_MONTH),
        field(words.get(first + 3), Field.MONTH),
        field(words.get(first + 4), Field.DAY_OF_WEEK),
        zone);
  }

  private static List<String> words(String spec) {
    List<String> words = new java.util.ArrayList<>();
    StringTokenizer tokens = new StringTokenizer(spec, " \t\n\u000b\f\r\u0085\u00a0");
    while (tokens.hasMoreTokens()) {
      words.add(tokens.nextToken());
    }
    return words;
  }

  private static long field(String text, Field field) throws Schedule.Unreadable {
    long bits = 0;
    for (String range : text.split(",")) {
      if (!range.isEmpty()) {
        bits |= range(range, field);
      }
    }
    return bits;
  }

  private static long range(String text, Field field) throws Schedule.Unreadable {
    String[] rangeAndStep = text.split("/", -1);
    String[] lowAndHigh = rangeAndStep[0].split("-", -1);
    long star = 0;
    long start;
    long end;
    if (lowAndHigh[0].equals("*") || lowAndHigh[0].equals("?")) {
      start = field.min;
      end = field.max;
      star = FieldSchedule.STAR;
    } else {
      start = number(lowAndHigh[0], field);
      end =
          switch (lowAndHigh.length) {
            case 1 -> start;
            case 2 -> number(lowAndHigh[1], field);
            default -> throw new Schedule.Unreadable("too many hyphens: " + text);
          };
    }
    long step = 1;
    if (rangeAndStep.length == 2) {
      step = number(rangeAndStep[1]);
      if (lowAndHigh.length == 1) {
        end = field.max; // N/step means N-max/step
      }
      star = step > 1 ? 0 : star;
    } else if (rangeAndStep.length > 2) {
      throw new Schedule.Unreadable("too many slashes: " + text);
    }
    if (start < field.min) {
      throw new Schedule.Unreadable(
          "beginning of range (%d) below minimum (%d): %s".formatted(start, field.min, text));
    }
    if (end > field.max) {
      throw new Schedule.Unreadable(
          "end of range (%d) above maximum (%d): %s".formatted(end, field.max, text));
    }
    if (start > end) {
      throw new Schedule.Unreadable(
          "beginning of range (%d) beyond end of range (%d): %s".formatted(start, end, text));
    }
    if (step == 0) {
      throw new Schedule.Unreadable("step of range should be a positive number: " + text);
    }
    return bits((int) start, (int) end, step) | star;
  }

  private static long bits(int start, int end, long step) {
    long bits = 0;
    for (long at = start; at <= end; at += step) {
      bits |= 1L << at;
    }
    return bits;
  }

  private static long number(String text, Field field) throws Schedule.Unreadable {
    Integer named = field.names.get(text.toLowerCase(Locale.ROOT));
    return named == null ? number(text) : named;
  }

  private static long number(String text) throws Schedule.Unreadable {
    boolean digits = text.matches("[+-]?[0-9]+");
    if (!digits || text.length() > 18) {
      throw new Schedule.Unreadable(
          "failed to parse int from "
              + text
              + ": strconv.Atoi: parsing "
              + GoText.quote(text)
              + (digits ? ": value out of range" : ": invalid syntax"));
    }
    long number = Long.parseLong(text);
    if (number < 0) {
      throw new Schedule.Unreadable("negative number (" + number + ") not allowed: " + text);
    }
    return number;
  }

  private static Schedule descriptor(String text, ZoneId zone) throws Schedule.Unreadable {
    return switch (text) {
      case "@yearly", "@annually" -> midnight(1L << 1, 1L << 1, Field.DAY_OF_WEEK.all(), zone);
      case "@monthly" -> midnight(1L << 1, Field.MONTH.all(), Field.DAY_OF_WEEK.all(), zone);
      case "@weekly" -> midnight(Field.DAY_OF_MONTH.all(), Field.MONTH.all(), 1L, zone);
      case "@daily", "@midnight" ->
          midnight(Field.DAY_OF_MONTH.all(), Field.MONTH.all(), Field.DAY_OF_WEEK.all(), zone);
      case "@hourly" ->
          new FieldSchedule(
              1,
              1,
              Field.HOUR.all(),
              Field.DAY_OF_MONTH.all(),
              Field.MONTH.all(),
              Field.DAY_OF_WEEK.all(),
              zone);
      default -> every(text);
    };
  }

  private static Schedule midnight(long dayOfMonth, long month, long dayOfWeek, ZoneId zone) {
    return new FieldSchedule(1, 1, 1, dayOfMonth, month, dayOfWeek, zone);
  }

  private static Schedule every(String text) throws Schedule.Unreadable {
    String prefix = "@every ";
    if (!text.startsWith(prefix)) {
      throw new Schedule.Unreadable("unrecognized descriptor: " + text);
    }
    try {
      return new EverySchedule(GoText.parseDuration(text.substring(prefix.length())));
    } catch (GoText.Unreadable bad) {
      throw new Schedule.Unreadable(
          "failed to parse duration " + text + ": " + Objects.toString(bad.getMessage()));
    }
  }
}
