package io.jitney.tenancy.policy;

import java.util.Objects;

/**
 * Where a value was written.
 *
 * @param kind what sort of place
 * @param name of the policy, class or app; "" where there is none
 * @param file path of the file; "" where it is none
 * @param document which document of the file, from 1; 0 where there is no file
 */
public record PolicyOrigin(Kind kind, String name, String file, int document) {

  /** The places, from the weakest to the strongest. */
  public enum Kind {
    BUILT_IN("built-in default"),
    NODE("flags of the daemon"),
    CLASS("class"),
    POLICY("policy"),
    APP("app");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  static final PolicyOrigin BUILT_IN = new PolicyOrigin(Kind.BUILT_IN, "", "", 0);

  /** The flags and variables of the daemon. */
  public static final PolicyOrigin NODE = new PolicyOrigin(Kind.NODE, "", "", 0);

  public PolicyOrigin {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(file, "file");
  }

  /** {@code policy shop (policies.yaml, document 2)}. */
  @Override
  public String toString() {
    return kind.word
        + (name.isEmpty() ? "" : " " + name)
        + (file.isEmpty() ? "" : " (" + file + ", document " + document + ")");
  }
}
