package io.jitney.tenancy.connection;

import java.util.Locale;

/** Why the daemon refused a connection or ended it. */
public enum ConnectionEnd {
  /** The tenant has as many connections as it may have. */
  CONNECTIONS,
  /** The tenant's new connections come faster than they may. */
  ACCEPT_RATE,
  /** Too many connections of callers that have not said who they are. */
  UNIDENTIFIED,
  /** Too many of those from one address. */
  SOURCE,
  /** A caller did not say in time who it is. */
  IDENTIFY_DEADLINE,
  /** The head of a request did not come in time. */
  HEADER_DEADLINE,
  /** The body of a request came too slowly. */
  BODY_RATE,
  /** The client did not take its answers. */
  DRAIN_RATE,
  /** More HTTP/2 frames that cost much and carry nothing than any client needs. */
  HTTP2_FLOOD,
  /** More keepalive pings than gRPC's rules allow. */
  PINGS,
  /** The other side did not answer the daemon's keepalive ping. */
  DEAD,
  /** A gRPC connection that nobody used for minutes. */
  IDLE,
  /** Memory was scarce, and the tenant held more than its share. */
  MEMORY;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** For metrics; never changes. */
  public String label() {
    return label;
  }
}
