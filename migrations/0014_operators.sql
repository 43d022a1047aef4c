-- What programs without a window may do over the agent's login: what scripts need of a business's beginnings and of its
-- daily work. Who did it is the login, in the log.

SELECT cs_meta.permit('agent', t, o, c, 'true') FROM (VALUES
  ('organizations', 'insert', 'id,name'),
  ('wallets', 'insert', 'id,organization_id,currency'),
  ('users', 'insert', 'id,email,password_hash,first_name,last_name,role,organization_id,email_verified'),
  ('transactions', 'insert', 'id,organization_id,amount,type,status,payment_method,payment_id,metadata,idempotency_key,reason,refund_of,request_id'),
  ('tickets', 'insert', 'id,subject,description,status,priority,category,user_id,organization_id,assigned_to,client_key'),
  ('tickets', 'update', 'status,priority,category,assigned_to,updated_at'),
  ('ticket_messages', 'insert', 'id,ticket_id,user_id,message,is_internal,attachments,client_key')
) AS x(t, o, c);
