package io.jitney.components.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** An open connection of one loop: to a server, or to the servers of a cluster. */
interface RedisLink {
  /** Writes the calls in order; transactions without anything between. The list is not kept. */
  void write(List<RedisWork> work);

  boolean isOpen();

  /** Physical connections behind it. */
  int connections();

  CompletionStage<Void> close();
}
