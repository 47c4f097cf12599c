-- Old replies are dropped without looking at the young ones.
CREATE INDEX replies_by_time ON replies (at);
