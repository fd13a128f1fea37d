package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What came back to an adversary.
 *
 * @param status of HTTP, or of gRPC where that was spoken; -1: none, the connection ended
 * @param text everything: heads, bodies, messages, as Latin-1
 */
record Reply(int status, String text) {
  /** Ended without an answer. */
  static final int NONE = -1;

  /** Nothing of the victim is in it, whatever it is. */
  Reply withoutSecrets() {
    assertThat(text).as("an answer").doesNotContainIgnoringCase(Victim.CANARY);
    return this;
  }

  /** Refused with one of these. */
  Reply refused(Integer... with) {
    withoutSecrets();
    assertThat(status).as("status of\n%s", text).isIn((Object[]) with);
    return this;
  }

  /** Went well, for this app and no other. */
  Reply as(String appId) {
    withoutSecrets();
    return ok(appId);
  }

  /** Went well, whatever is in it. */
  Reply ok(String... parts) {
    assertThat(status).as("status of\n%s", text).isIn(0, 200, 204);
    for (String part : parts) {
      assertThat(text).contains(part);
    }
    return this;
  }
}
