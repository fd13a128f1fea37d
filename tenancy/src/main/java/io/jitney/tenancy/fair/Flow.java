package io.jitney.tenancy.fair;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One tenant's share at contended resources. The same object at every gate; identity is object
 * identity.
 *
 * <p>Threads: any. A change counts from the flow's next call on.
 */
public final class Flow {
  /** Largest weight; keeps the charge of a cheap call above nothing. */
  public static final int MAX_WEIGHT = 1_000_000;

  /** Largest least share. */
  public static final double MAX_SHARE = 0.99;

  private final String name;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile int weight = 1;
  private volatile int floor;
  private volatile int ceiling;
  private volatile double minShare;
  private volatile int mostBegun;

  /** A flow of weight 1, without floor or ceiling. */
  public Flow(String name) {
    this.name = name;
  }

  /** See {@link #change}. */
  public Flow(String name, int weight, int floor, int ceiling) {
    this.name = name;
    change(weight, floor, ceiling);
  }

  /** Says to people whose share this is. */
  public String name() {
    return name;
  }

  /** Its part beside other flows that wait too: twice the weight, twice the service. */
  public int weight() {
    return weight;
  }

  /**
   * The part of the service that it gets while it waits, whatever the weights of the others; 0 to
   * {@value #MAX_SHARE}. Of several whose parts add up to more than all, each gets less.
   */
  public double minShare() {
    return minShare;
  }

  /** Calls of it that wait, at all gates together. */
  public int waiting() {
    return waiting.get();
  }

  /** A queue says that a call more or less of it waits there. */
  void waits(int change) {
    waiting.addAndGet(change);
  }

  /** Calls that it may have begun at one time in a queue that counts them; 0: any number. */
  public int mostBegun() {
    return mostBegun;
  }

  /**
   * Changes {@link #mostBegun}, because more of its calls have begun than can go on, or not any
   * more; {@link FairQueue#release} has to be told of more.
   */
  public void mostBegun(int most) {
    mostBegun = most;
  }

  /** Places of a gate that it gets before anyone's turn. */
  public int floor() {
    return floor;
  }

  /** Places of a gate that it may have at most; 0: all. */
  public int ceiling() {
    return ceiling;
  }

  /**
   * Changes weight and least share, live.
   *
   * @param weight 1 to {@value #MAX_WEIGHT}
   * @param minShare a part of 1, from 0; more than {@value #MAX_SHARE} counts as that
   */
  public synchronized void change(int weight, double minShare) {
    change(weight, floor, ceiling);
    this.minShare = Math.clamp(minShare, 0, MAX_SHARE);
  }

  /**
   * Changes the share, live.
   *
   * @param weight 1 to {@value #MAX_WEIGHT}
   * @param floor places that are its own when it wants them; 0: none
   * @param ceiling places it may have at one time; 0: no limit
   * @throws IllegalArgumentException naming the value at fault
   */
  public synchronized void change(int weight, int floor, int ceiling) {
    if (weight < 1 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException("weight must be 1 to " + MAX_WEIGHT + ", not " + weight);
    }
    if (floor < 0 || ceiling < 0) {
      throw new IllegalArgumentException("floor and ceiling must not be negative");
    }
    if (ceiling > 0 && floor > ceiling) {
      throw new IllegalArgumentException("floor " + floor + " is above the ceiling " + ceiling);
    }
    this.weight = weight;
    this.floor = floor;
    this.ceiling = ceiling;
  }

  @Override
  public String toString() {
    return name;
  }
}
