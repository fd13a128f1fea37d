package io.jitney.daemon.subscription;

import dev.cel.common.CelOptions;
import dev.cel.runtime.RuntimeHelpers;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * {@code matches} of rules, with a limit of what it may cost: time grows with text and program, and
 * a few nested repetitions make a program that fills the heap. Pure functions.
 */
final class RuleRegex {
  /** States of a program; Go lets repetitions multiply up to 1,000. */
  private static final long MOST_STATES = 4_000;

  /** States times characters of the text. About a tenth of a second. */
  private static final long MOST_WORK = 20_000_000;

  private RuleRegex() {}

  static boolean matches(String text, String pattern, CelOptions options) {
    if (states(pattern) > MOST_STATES) {
      throw new IllegalArgumentException("regular expression is too large");
    }
    if (work(text, pattern) > MOST_WORK) {
      throw new IllegalArgumentException("text is too long for this regular expression");
    }
    return RuntimeHelpers.matches(text, pattern, options);
  }

  /** What it costs: the steps of the worst case. */
  static long work(String text, String pattern) {
    return Math.min(states(pattern), MOST_STATES) * (text.length() + 1L);
  }

  /** About how many states the program of a pattern has, at least; bounded. */
  static long states(String pattern) {
    Deque<Long> outer = new ArrayDeque<>();
    long all = 0; // of the group that is open
    long atom = 0; // what a repetition would repeat, counted in all
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      int next = at + 1;
      switch (c) {
        case '(' -> {
          outer.push(all);
          all = 0;
          atom = 0;
        }
        case ')' -> {
          atom = all + 2;
          all = (outer.isEmpty() ? 0 : outer.pop()) + atom;
        }
        case '{' -> {
          int end = pattern.indexOf('}', at);
          long times = end < 0 ? 0 : times(pattern.substring(next, end));
          if (times > 0) {
            all = bounded(all - atom + atom * times);
            atom = bounded(atom * times);
            next = end + 1;
          } else {
            atom = 1;
            all++;
          }
        }
        default -> {
          next = c == '\\' ? at + 2 : c == '[' ? classEnd(pattern, at) : next;
          atom = c == '*' || c == '+' || c == '?' ? atom + 1 : 1;
          all = bounded(all + 1);
        }
      }
      at = next;
    }
    while (!outer.isEmpty()) {
      all = bounded(all + outer.pop());
    }
    return all;
  }

  private static long bounded(long states) {
    return Math.min(states, 1L << 30);
  }

  /** Behind a character class. */
  private static int classEnd(String pattern, int open) {
    int at = open + 1;
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      at++;
    }
    at++; // a bracket that comes first is a character
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      at += pattern.charAt(at) == '\\' ? 2 : 1;
    }
    return at + 1;
  }

  /** Of {@code 3}, {@code 3,} or {@code 3,5}; 0: no repetition. */
  private static long times(String range) {
    int comma = range.indexOf(',');
    String least = comma < 0 ? range : range.substring(0, comma);
    String most = comma < 0 ? "" : range.substring(comma + 1);
    try {
      long times = Integer.parseInt(least);
      return Math.max(1, most.isEmpty() ? times + (comma < 0 ? 0 : 1) : Integer.parseInt(most));
    } catch (NumberFormatException noRange) {
      return 0;
    }
  }
}
