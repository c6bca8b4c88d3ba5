// A linked list: reversed, searched and sorted by merging; pointers, and branches that nobody predicts.
#include "bench.h"

struct node {
  struct node *next;
  u32 key;
};

static struct node nodes[2000];

static struct node *merge(struct node *a, struct node *b) {
  struct node head, *tail = &head;
  while (a && b) {
    if (a->key <= b->key) {
      tail->next = a;
      a = a->next;
    } else {
      tail->next = b;
      b = b->next;
    }
    tail = tail->next;
  }
  tail->next = a ? a : b;
  return head.next;
}

static struct node *sort(struct node *list, int length) {
  if (length <= 1) return list;
  struct node *middle = list;
  for (int i = 1; i < length / 2; i++) middle = middle->next;
  struct node *second = middle->next;
  middle->next = 0;
  return merge(sort(list, length / 2), sort(second, length - length / 2));
}

static struct node *reverse(struct node *list) {
  struct node *done = 0;
  while (list) {
    struct node *rest = list->next;
    list->next = done;
    done = list;
    list = rest;
  }
  return done;
}

u32 bench(void) {
  u32 seed = 7, sum = 0;
  for (int round = 0; round < 2000; round++) {
    for (int i = 0; i < 2000; i++) {
      nodes[i].key = next_random(&seed) >> 8;
      nodes[i].next = i + 1 < 2000 ? &nodes[i + 1] : 0;
    }
    struct node *list = sort(reverse(nodes), 2000);
    for (int find = 0; find < 20; find++) {
      u32 key = next_random(&seed) >> 8;
      for (struct node *at = list; at; at = at->next) {
        if (at->key >= key) {
          sum += at->key;
          break;
        }
      }
    }
    sum = sum * 31 + list->key;
  }
  return sum;
}
