create table notices (id bigint);
