package io.jitney.loadtest.scenario;

/**
 * What an aggressor does.
 *
 * @param load its tenants, and what they send where the attack is made of requests
 * @param bytesPerSecond of slow readers and slow-loris connections, each
 * @param holdMillis how long a connection of a storm is kept
 * @param storeDelayMillis what the slow store adds to each direction
 */
public record Attack(
    Kind kind, Load load, int bytesPerSecond, int holdMillis, int storeDelayMillis) {

  /** How it hurts. */
  public enum Kind {
    /** Requests, more or bigger or slower than anybody should send. */
    LOAD,
    /** Asks for much and takes it by the byte. */
    SLOW_READER,
    /** Requests whose headers or bodies never end. */
    SLOW_LORIS,
    /** Connections that come and go. */
    CONNECTION_STORM,
    /** HTTP/2 streams opened and reset at once. */
    STREAM_RESET,
    /** HTTP/2 SETTINGS and PING frames without end. */
    FRAME_FLOOD
  }
}
