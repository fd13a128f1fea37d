package io.jitney.tenancy.admission;

/** Why a call was refused. */
public enum Reason {
  /** More calls per second than the tenant's quota allows. */
  RATE("TENANT_RATE_LIMITED"),
  /** More calls open at one time than the tenant's quota allows. */
  IN_FLIGHT("TENANT_CONCURRENCY_LIMITED"),
  /** More unary calls open at one time than its policy allows. */
  UNARY_IN_FLIGHT("TENANT_UNARY_LIMITED"),
  /** More streams open at one time than its policy allows. */
  STREAMS("TENANT_STREAMS_LIMITED"),
  /** More calls to the app at one time than its policy allows. */
  DELIVERIES("TENANT_DELIVERIES_LIMITED"),
  /** More bytes of request bodies at one time than its policy allows. */
  BYTES("TENANT_BYTES_LIMITED"),
  /** A request body that is larger than its policy ever allows: trying again does not help. */
  BODY_SIZE("TENANT_BODY_TOO_LARGE"),
  /** As many of the tenant's calls wait for something contended as may wait. */
  QUEUE_FULL("TENANT_QUEUE_FULL"),
  /** It waited for something contended until nobody waited for it any more. */
  QUEUE_TIMEOUT("TENANT_QUEUE_TIMEOUT"),
  /** Memory is scarce on the node, and the tenant holds more than its share of it. */
  MEMORY("NODE_MEMORY_PRESSURE");

  private final String code;

  Reason(String code) {
    this.code = code;
  }

  /** The word on the wire, for machines: part of the API, so it never changes. */
  public String code() {
    return code;
  }
}
