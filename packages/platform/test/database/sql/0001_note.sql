create table note (words text not null);
create index on note (words);
