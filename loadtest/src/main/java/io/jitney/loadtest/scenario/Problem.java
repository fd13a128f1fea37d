package io.jitney.loadtest.scenario;

/**
 * Something wrong in a scenario file.
 *
 * @param field path of the field, such as {@code victims.rate}
 */
public record Problem(String file, int line, String field, String what) {
  @Override
  public String toString() {
    return file + ":" + line + ": " + (field.isEmpty() ? "" : field + ": ") + what;
  }
}
