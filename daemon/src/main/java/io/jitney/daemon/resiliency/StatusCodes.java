package io.jitney.daemon.resiliency;

import java.util.ArrayList;
import java.util.List;

/**
 * A list of status codes as policies write it: {@code 429,501-503}, without spaces.
 *
 * @param ranges null list never; an empty one holds nothing
 */
record StatusCodes(List<Range> ranges) {
  /** Both ends belong to it. */
  record Range(int first, int last) {}

  StatusCodes {
    ranges = List.copyOf(ranges);
  }

  /**
   * Reads a list.
   *
   * @param least the smallest code there is
   * @param most the largest
   * @throws IllegalArgumentException saying what is wrong, in daprd's words where it has some
   */
  static StatusCodes parse(String text, int least, int most) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      ranges.add(range(part, least, most));
    }
    return new StatusCodes(ranges);
  }

  private static Range range(String part, int least, int most) {
    String[] ends = part.split("-", -1);
    if (ends.length > 2) {
      throw new IllegalArgumentException("invalid status code range " + part);
    }
    int first = code(ends[0], least, most);
    int last = ends.length == 1 ? first : code(ends[1], least, most);
    if (last < first) {
      throw new IllegalArgumentException("invalid status code range " + part);
    }
    return new Range(first, last);
  }

  private static int code(String text, int least, int most) {
    int code;
    try {
      code = Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("invalid status code " + text, notANumber);
    }
    if (code < least || code > most) {
      throw new IllegalArgumentException("invalid status code " + text);
    }
    return code;
  }

  boolean contains(int code) {
    for (Range range : ranges) {
      if (code >= range.first && code <= range.last) {
        return true;
      }
    }
    return false;
  }
}
